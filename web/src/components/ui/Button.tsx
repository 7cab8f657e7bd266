import type { AnchorHTMLAttributes, ButtonHTMLAttributes, Ref } from 'react'
import styles from './Button.module.css'
import { Icon, type IconName } from './Icon'

type Look = 'plain' | 'primary' | 'quiet'

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: Look
  icon?: IconName
  ref?: Ref<HTMLButtonElement>
}

export function Button({ look = 'plain', icon, className, children, ...rest }: Props) {
  return (
    <button
      type="button"
      {...rest}
      className={[styles['button'], styles[look], className].filter(Boolean).join(' ')}
    >
      {icon && <Icon name={icon} />}
      {children}
    </button>
  )
}

interface LinkProps extends AnchorHTMLAttributes<HTMLAnchorElement> {
  href: string
  look?: Look
  icon?: IconName
}

/** A link that looks like a button. It opens a page or downloads a file. */
export function LinkButton({ look = 'plain', icon, className, children, ...rest }: LinkProps) {
  return (
    <a {...rest} className={[styles['button'], styles[look], className].filter(Boolean).join(' ')}>
      {icon && <Icon name={icon} />}
      {children}
    </a>
  )
}

interface IconButtonProps extends Omit<Props, 'children' | 'icon'> {
  icon: IconName
  /** The accessible name; also shown as a tooltip. */
  label: string
}

export function IconButton({ icon, label, look = 'quiet', className, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      data-tip={label}
      {...rest}
      className={[styles['button'], styles['icon'], styles[look], className]
        .filter(Boolean)
        .join(' ')}
    >
      <Icon name={icon} />
    </button>
  )
}
