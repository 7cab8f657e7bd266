import type { Texts } from '@/lib/i18n/en'

export const reasons: Texts['reasons'] = {
  no_person: {
    why: 'In diesem Bild wurde niemand gefunden.',
    todo: 'Falls jemand zu sehen ist, ein größeres oder helleres Foto senden. Zeigt es nur ein Kleidungsstück, die Ausschnitte prüfen.',
  },
  uncertain_person: {
    why: 'Es ist nicht sicher, ob auf diesem Bild eine Person ist.',
    todo: 'Das Foto prüfen. Wenn die Ausschnitte richtig sind, können sie bleiben.',
  },
  several_people: {
    why: 'Auf diesem Bild sind mehrere Personen. Die Ausschnitte zeigen eine davon.',
    todo: 'Prüfen, ob es die richtige ist. Wenn nicht, in der Liste der Personen eine andere wählen.',
  },
  others_in_box: {
    why: 'In diesem Ausschnitt ist noch eine andere Person zu sehen.',
    todo: 'Ein anderes Foto für diese Ansicht verwenden oder den Ausschnitt anpassen.',
  },
  no_such_person: {
    why: 'Auf dem Bild sind weniger Personen, als das Rezept verlangt.',
    todo: 'Ein Foto mit mehr Personen verwenden oder das Rezept ändern.',
  },
  cut_by_photo: {
    why: 'Ein Teil dessen, was der Ausschnitt zeigen soll, liegt außerhalb des Fotos.',
    todo: 'So verwenden oder ein Foto mit mehr Platz um den Körper aufnehmen.',
  },
  not_in_photo: {
    why: 'Was dieser Ausschnitt zeigen soll, ist nicht auf dem Foto.',
    todo: 'Das ist kein Fehler. Ein anderes Foto des Artikels zeigt es vielleicht.',
  },
  hidden: {
    why: 'Ein Teil ist verdeckt oder wurde nicht gefunden.',
    todo: 'Prüfen, ob Arm, Haare oder Tasche im Weg sind. Ein anderes Foto zeigt es vielleicht.',
  },
  low_confidence: {
    why: 'Der Körper wurde hier nur unsicher erkannt.',
    todo: 'Das Skelett auf dem Foto prüfen. Wenn es passt, ist der Ausschnitt richtig.',
  },
  tilted: {
    why: 'Der Körper liegt oder neigt sich zu stark für waagerechte Schnittlinien.',
    todo: 'Das Foto drehen, bis der Körper aufrecht steht, und erneut senden.',
  },
  conflict: {
    why: 'In dieser Haltung kann der Ausschnitt nicht alles zeigen, was er muss, und zugleich alles weglassen, was er nicht zeigen darf.',
    todo: 'Prüfen, ob er brauchbar ist. Eine einfachere Haltung gibt einen besseren Ausschnitt.',
  },
  face_shown: {
    why: 'In einem Ausschnitt ohne Kopf ist vielleicht noch ein Teil des Gesichts zu sehen.',
    todo: 'Vor dem Veröffentlichen genau prüfen.',
  },
  from_behind: {
    why: 'Die Person ist von hinten zu sehen, dieser Ausschnitt soll aber das Gesicht zeigen.',
    todo: 'Ein Foto von vorn verwenden oder auf diesen Ausschnitt verzichten.',
  },
  out_of_picture: {
    why: 'Der Ausschnitt würde über das Bild hinausgehen, und das Rezept erlaubt das nicht.',
    todo: 'Ein Foto mit mehr Platz verwenden oder im Rezept Verschieben oder Verkleinern erlauben.',
  },
  extended: {
    why: 'Der Ausschnitt geht über das Bild hinaus. Der fehlende Streifen wurde gefüllt.',
    todo: 'Den gefüllten Streifen am Rand prüfen.',
  },
  aspect_missed: {
    why: 'Das Foto hat keinen Platz für das verlangte Seitenverhältnis.',
    todo: 'Verwenden, wenn die Form passt, oder ein Foto mit mehr Platz aufnehmen.',
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
    why: 'Die Person ist auf diesem Bild zu klein für einen brauchbaren Ausschnitt.',
    todo: 'Aus der Nähe fotografieren oder in voller Auflösung senden.',
  },
  bytes_missed: {
    why: 'Keine Qualitätsstufe ergibt eine Datei der verlangten Größe.',
    todo: 'Verwenden, wenn die Dateigröße passt, oder die Grenzen im Rezept erweitern.',
  },
}
