import { type DragEvent, useState } from 'react'
import { moved, orderColumns } from './layout'

const TYPE = 'application/x-posecraft-column'

/** Columns are dragged onto one another: what the thing that is dragged, and dropped on, gets as props. */
export function useColumnDrag(ids: readonly string[]) {
  const [dragged, setDragged] = useState<string | null>(null)
  const [over, setOver] = useState<string | null>(null)
  const end = () => {
    setDragged(null)
    setOver(null)
  }
  return (id: string) => ({
    draggable: true,
    'data-drop': (over === id && dragged !== id) || undefined,
    onDragStart: (event: DragEvent) => {
      event.dataTransfer.setData(TYPE, id)
      event.dataTransfer.effectAllowed = 'move'
      setDragged(id)
    },
    onDragOver: (event: DragEvent) => {
      if (!event.dataTransfer.types.includes(TYPE)) return
      event.preventDefault()
      setOver(id)
    },
    onDragEnd: end,
    onDrop: (event: DragEvent) => {
      if (!event.dataTransfer.types.includes(TYPE)) return
      event.preventDefault()
      orderColumns(moved(ids, event.dataTransfer.getData(TYPE), id))
      end()
    },
  })
}
