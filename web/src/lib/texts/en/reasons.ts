/** Why a shot or a picture is not plainly fine, and what can be done. */
export const reasons = {
  no_person: {
    why: 'Nobody was found in this picture.',
    todo: 'If somebody is in it, send a larger or brighter photo; else delete it.',
  },
  uncertain_person: {
    why: 'It is not sure that there is a person in this picture.',
    todo: 'Look at the photo. Keep the shots if they are right.',
  },
  several_people: {
    why: 'There are several people; the shots show one of them.',
    todo: 'Check that it is the right one. If not, choose the other one among the people.',
  },
  others_in_box: {
    why: 'Another person can be seen in this shot.',
    todo: 'Use another photo for this view, or crop the other person out.',
  },
  no_such_person: {
    why: 'The picture has fewer people than the recipe asks for.',
    todo: 'Use a photo with more people, or change the recipe.',
  },
  cut_by_photo: {
    why: 'Part of what this shot should show lies outside the photo.',
    todo: 'Use it as it is, or take a photo with more room around the body.',
  },
  not_in_photo: {
    why: 'What this shot shows is not in this photo.',
    todo: 'Nothing is wrong. Another photo of the same piece may have it.',
  },
  hidden: {
    why: 'Part of what this shot should show is hidden or could not be found.',
    todo: 'Look whether an arm, hair or a bag is in the way; another photo may show it.',
  },
  low_confidence: {
    why: 'The body was found with low confidence here.',
    todo: 'Look at the skeleton on the photo. If it fits, the shot is right.',
  },
  tilted: {
    why: 'The body lies or leans too far for level cut lines.',
    todo: 'Turn the photo so that the body stands upright, and send it again.',
  },
  conflict: {
    why: 'In this pose the box cannot hold all that it must and leave out all that it must not.',
    todo: 'Look whether the shot can be used; a calmer pose gives a better one.',
  },
  face_shown: {
    why: 'Part of the face may still be seen in a shot without a head.',
    todo: 'Look closely before you publish it.',
  },
  from_behind: {
    why: 'The person is seen from behind; this shot wants the face.',
    todo: 'Take a photo from the front, or leave this shot out.',
  },
  out_of_picture: {
    why: 'The shot would reach outside the picture, and its recipe refuses that.',
    todo: 'Take a photo with more room, or let the recipe shift or shrink the box.',
  },
  extended: {
    why: 'The shot reaches outside the picture; the strip was filled.',
    todo: 'Look at the filled strip at the edge.',
  },
  aspect_missed: {
    why: 'The photo leaves no room for the shape that was asked for.',
    todo: 'Use it if the shape fits, or take a photo with more room.',
  },
  upscaled: {
    why: 'The shot was enlarged beyond the photo’s own resolution.',
    todo: 'Send the photo in its full resolution.',
  },
  smaller_than_asked: {
    why: 'The photo has fewer pixels here than the recipe asks for.',
    todo: 'Send the photo in its full resolution.',
  },
  too_small: {
    why: 'The person is too small in this picture for a usable shot.',
    todo: 'Take the photo from nearer, or send it in its full resolution.',
  },
  bytes_missed: {
    why: 'No quality gives a file of the size that the recipe asks for.',
    todo: 'Use it if its size is fine, or widen the limits in the recipe.',
  },
}
