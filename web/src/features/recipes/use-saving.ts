import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ApiError, errorText } from '@/lib/api/error'
import { limitsQuery } from '@/lib/api/limits'
import type { Recipes } from '@/lib/api/types'
import { useUi } from '@/lib/services'
import { useTexts } from '@/lib/i18n'
import { getRecipes, recipesKey } from '@/lib/api/get-recipes'
import { putRecipes } from './api/put-recipes'
import type { DraftStore } from './draft'

export interface Saving {
  busy: boolean
  /** Somebody else saved first; their recipes are the active ones now. */
  conflict: boolean
  /** How often this dialog changed the active recipes, and the message after the last time. */
  saved: number
  message: string
  /** null deletes the saved recipes, so that the setting is active again. */
  save: (text: string | null, version: number) => Promise<void>
  takeTheirs: (mine: string, theirs: Recipes) => void
}

export function useSaving(drafts: DraftStore): Saving {
  const ui = useUi()
  const texts = useTexts()
  const client = useQueryClient()
  const [busy, setBusy] = useState(false)
  const [conflict, setConflict] = useState(false)
  const [saved, setSaved] = useState(0)
  const [message, setMessage] = useState('')

  const take = (now: Recipes) => {
    client.setQueryData(recipesKey, now)
    void client.invalidateQueries({ queryKey: limitsQuery.queryKey }) // The table has a column for each recipe.
  }
  const fail = async (error: unknown) => {
    if (error instanceof ApiError && error.code === 'changed_meanwhile') {
      take(await getRecipes())
      setConflict(true)
    } else ui.notifyFailure(texts.recipes.save, error)
  }
  return {
    busy,
    conflict,
    saved,
    message,
    async save(text, version) {
      setBusy(true)
      try {
        take(await putRecipes(version, text))
        drafts.set(null)
        setConflict(false)
        setSaved((n) => n + 1)
        setMessage(text === null ? texts.recipes.reverted : texts.recipes.saved)
      } catch (error) {
        await fail(error).catch((second: unknown) => ui.notify('error', errorText(second, texts)))
      }
      setBusy(false)
    },
    takeTheirs(mine, theirs) {
      drafts.set(null)
      setConflict(false)
      ui.notify('info', texts.recipes.conflict.loaded, {
        action: {
          label: texts.recipes.conflict.undo,
          run: () => drafts.set({ text: mine, version: theirs.version }),
        },
      })
    },
  }
}
