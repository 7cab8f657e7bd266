import type { Texts } from '@/lib/texts/en'

export const reasons: Texts['reasons'] = {
  no_person: {
    why: 'In diesem Bild wurde niemand gefunden.',
    todo: 'Ist jemand darauf, ein größeres oder helleres Foto senden; sonst löschen.',
  },
  uncertain_person: {
    why: 'Es ist nicht sicher, dass auf diesem Bild ein Mensch ist.',
    todo: 'Das Foto ansehen. Sind die Ausschnitte richtig, können sie bleiben.',
  },
  several_people: {
    why: 'Es sind mehrere Menschen im Bild; die Ausschnitte zeigen einen davon.',
    todo: 'Prüfen, ob es der richtige ist. Sonst unter den Menschen im Foto den anderen wählen.',
  },
  others_in_box: {
    why: 'In diesem Ausschnitt ist noch jemand zu sehen.',
    todo: 'Ein anderes Foto für diese Ansicht nehmen oder die andere Person wegschneiden.',
  },
  no_such_person: {
    why: 'Das Bild hat weniger Menschen, als das Rezept verlangt.',
    todo: 'Ein Foto mit mehr Menschen nehmen oder das Rezept ändern.',
  },
  cut_by_photo: {
    why: 'Ein Teil dessen, was der Ausschnitt zeigen soll, liegt außerhalb des Fotos.',
    todo: 'So verwenden oder ein Foto mit mehr Rand aufnehmen.',
  },
  not_in_photo: {
    why: 'Was dieser Ausschnitt zeigt, ist nicht auf dem Foto.',
    todo: 'Nichts ist falsch. Ein anderes Foto des Stücks kann es zeigen.',
  },
  hidden: {
    why: 'Ein Teil ist verdeckt oder wurde nicht gefunden.',
    todo: 'Sehen, ob Arm, Haar oder Tasche davor sind; ein anderes Foto kann es zeigen.',
  },
  low_confidence: {
    why: 'Der Körper wurde hier nur unsicher gefunden.',
    todo: 'Das Skelett auf dem Foto ansehen. Passt es, ist der Ausschnitt richtig.',
  },
  tilted: {
    why: 'Der Körper liegt oder neigt sich zu sehr für waagerechte Schnitte.',
    todo: 'Das Foto drehen, bis der Körper aufrecht steht, und neu senden.',
  },
  conflict: {
    why: 'In dieser Haltung kann der Ausschnitt nicht alles zeigen und zugleich alles weglassen, was er soll.',
    todo: 'Sehen, ob er brauchbar ist; eine ruhigere Haltung gibt einen besseren.',
  },
  face_shown: {
    why: 'In einem Ausschnitt ohne Kopf ist vielleicht noch ein Teil des Gesichts zu sehen.',
    todo: 'Vor dem Veröffentlichen genau hinsehen.',
  },
  from_behind: {
    why: 'Die Person ist von hinten zu sehen; dieser Ausschnitt will das Gesicht.',
    todo: 'Ein Foto von vorn nehmen oder den Ausschnitt löschen.',
  },
  out_of_picture: {
    why: 'Der Ausschnitt ginge über das Bild hinaus, und sein Rezept verbietet das.',
    todo: 'Ein Foto mit mehr Rand nehmen oder im Rezept Verschieben oder Verkleinern erlauben.',
  },
  extended: {
    why: 'Der Ausschnitt geht über das Bild hinaus; der Streifen wurde gefüllt.',
    todo: 'Den gefüllten Streifen am Rand ansehen.',
  },
  aspect_missed: {
    why: 'Das Foto lässt keinen Platz für die verlangte Form.',
    todo: 'Verwenden, wenn die Form passt, oder ein Foto mit mehr Rand nehmen.',
  },
  upscaled: {
    why: 'Der Ausschnitt wurde über die Auflösung des Fotos hinaus vergrößert.',
    todo: 'Das Foto in voller Auflösung senden.',
  },
  smaller_than_asked: {
    why: 'Das Foto hat hier weniger Pixel, als das Rezept verlangt.',
    todo: 'Das Foto in voller Auflösung senden.',
  },
  too_small: {
    why: 'Der Mensch ist in diesem Bild zu klein für einen brauchbaren Ausschnitt.',
    todo: 'Von näher fotografieren oder in voller Auflösung senden.',
  },
  bytes_missed: {
    why: 'Keine Qualität ergibt eine Datei der verlangten Größe.',
    todo: 'Verwenden, wenn die Größe passt, oder die Grenzen im Rezept weiten.',
  },
}
