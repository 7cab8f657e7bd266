import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ApiError, errorText } from '@/lib/api/error'
import { limitsQuery } from '@/lib/api/limits'
import type { Recipes } from '@/lib/api/types'
import { notify } from '@/lib/snackbars'
import { texts } from '@/lib/i18n'
import { getRecipes, recipesKey } from './api/get-recipes'
import { putRecipes } from './api/put-recipes'
import { dropDraft, setDraft } from './draft'

export interface Saving {
  busy: boolean
  /** Somebody else was first; what they saved is the newest now. */
  conflict: boolean
  /** How often this dialog changed what is in force, and what it said the last time. */
  saved: number
  said: string
  /** Null goes back to the setting. */
  save: (text: string | null, version: number) => Promise<void>
  takeTheirs: (mine: string, theirs: Recipes) => void
}

export function useSaving(): Saving {
  const client = useQueryClient()
  const [busy, setBusy] = useState(false)
  const [conflict, setConflict] = useState(false)
  const [saved, setSaved] = useState(0)
  const [said, setSaid] = useState('')

  const take = (now: Recipes) => {
    client.setQueryData(recipesKey, now)
    void client.invalidateQueries({ queryKey: limitsQuery.queryKey }) // The table's columns.
  }
  const fail = async (error: unknown) => {
    if (error instanceof ApiError && error.code === 'changed_meanwhile') {
      take(await getRecipes())
      setConflict(true)
    } else notify('error', texts.actions.failed(texts.recipes.save, errorText(error)))
  }
  return {
    busy,
    conflict,
    saved,
    said,
    async save(text, version) {
      setBusy(true)
      try {
        take(await putRecipes(version, text))
        dropDraft()
        setConflict(false)
        setSaved((n) => n + 1)
        setSaid(text === null ? texts.recipes.reverted : texts.recipes.saved)
      } catch (error) {
        await fail(error).catch((second: unknown) => notify('error', errorText(second)))
      }
      setBusy(false)
    },
    takeTheirs(mine, theirs) {
      dropDraft()
      setConflict(false)
      notify('info', texts.recipes.conflict.loaded, {
        action: {
          label: texts.recipes.conflict.undo,
          run: () => setDraft({ text: mine, version: theirs.version }),
        },
      })
    },
  }
}
