import { errorText } from './api/error'
import type { I18n } from './i18n'
import type { Snackbars } from './snackbars'

/** How code outside React talks to the user: texts in the current language, and notifications. */
export class Ui {
  constructor(
    private readonly i18n: I18n,
    private readonly snackbars: Snackbars,
  ) {}

  get texts() {
    return this.i18n.texts
  }

  get format() {
    return this.i18n.format
  }

  notify: Snackbars['notify'] = (tone, text, extra) => this.snackbars.notify(tone, text, extra)

  /** Shows a progress bar that stays until `end` is called. */
  showProgress: Snackbars['showProgress'] = (text, action) =>
    this.snackbars.showProgress(text, action)

  /** Says that something failed and why; `retry` adds a button. */
  notifyFailure(what: string, error: unknown, retry?: () => void) {
    const { texts } = this
    this.notify('error', texts.actions.failed(what, errorText(error, texts)), {
      ...(retry ? { action: { label: texts.actions.retry, run: retry } } : {}),
    })
  }
}
