import { type DragEvent, useState } from 'react'
import { useImagesServices } from '@/features/images/services'
import { moved } from './layout'

const TYPE = 'application/x-posecraft-column'

/** Moves columns by drag and drop. Returns the props for the element of each column. */
export function useColumnDrag(ids: readonly string[]) {
  const { layout } = useImagesServices()
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
      layout.orderColumns(moved(ids, event.dataTransfer.getData(TYPE), id))
      end()
    },
  })
}
