import { Button, IconButton } from '@/components/ui/Button'
import { useFeed, useImagesServices } from '@/features/images'
import { useReviewCount } from '@/lib/api/review-count'
import { useServices } from '@/lib/services'
import { useChangeView, useView } from '@/lib/view'
import { useLocale, useTexts } from '@/lib/i18n'
import { useTheme } from '@/lib/theme'
import styles from './Header.module.css'

const themeIcons = { system: 'system', light: 'sun', dark: 'moon' } as const

export function Header({ onHelp }: { onHelp: () => void }) {
  const texts = useTexts()
  const { theme, next: nextTheme } = useTheme()
  const { i18n } = useServices()
  const changeView = useChangeView()
  return (
    <header className={styles['header']}>
      <Logo />
      <h1 className={styles['name']}>{texts.title}</h1>
      <ReviewButton />
      <Button
        look="quiet"
        icon="recipe"
        className={styles['recipes']}
        aria-label={texts.recipes.open}
        onClick={() => changeView({ recipes: true })}
      >
        <span>{texts.recipes.open}</span>
      </Button>
      <FeedStatus />
      <Button
        look="quiet"
        className={styles['language']}
        aria-label={texts.languageNext}
        data-tip={texts.languageNext}
        onClick={() => i18n.next()}
      >
        {texts.languageCode}
      </Button>
      <IconButton icon={themeIcons[theme]} label={texts.theme[theme]} onClick={nextTheme} />
      <IconButton icon="help" label={texts.help.open} onClick={onHelp} />
    </header>
  )
}

function ReviewButton() {
  const { texts, format } = useLocale()
  const changeView = useChangeView()
  const { review, batch } = useView()
  const waiting = useReviewCount(batch, !review)
  const count = review ? 0 : (waiting ?? 0)
  return (
    <Button
      look="quiet"
      className={styles['review']}
      aria-pressed={review}
      aria-label={review ? texts.review.title : texts.review.openLabel(count)}
      onClick={() => changeView({ review: !review, image: null, shot: '' })}
    >
      {texts.review.title}
      {count > 0 && <span className={styles['count']} data-count={format.number(count)} />}
    </Button>
  )
}

function FeedStatus() {
  const texts = useTexts()
  const { feed } = useImagesServices()
  const { mode, paused, waiting } = useFeed()
  const text = texts.live
  const words = paused ? (waiting > 0 ? text.waiting(waiting) : text.paused) : text[mode]
  return (
    <>
      <span
        className={[styles['feed'], styles[paused ? 'paused' : mode]].join(' ')}
        role="status"
        data-tip={text[`${mode}Tip`]}
        data-mode={mode}
      >
        {words}
      </span>
      <IconButton
        icon={paused ? 'play' : 'pause'}
        label={paused ? text.resume : text.pause}
        onClick={feed.togglePause}
      />
    </>
  )
}

function Logo() {
  return (
    <svg className={styles['mark']} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <path className={styles['corners']} d="M4 10V4h6M22 4h6v6M28 22v6h-6M10 28H4v-6" />
      <path
        className={styles['body']}
        d="M16 14v6M9.5 16.5c2.5-1.7 4-2.5 6.5-2.5s4 .8 6.5 2.5M16 20l-4 6M16 20l4 6"
      />
      <circle className={styles['head']} cx="16" cy="8.6" r="2.8" />
    </svg>
  )
}
