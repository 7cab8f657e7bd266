/** Why a shot or an image needs a look, and what the user can do about it. */
export const reasons = {
  no_person: {
    why: 'Nobody was found in this image.',
    todo: 'If there is a person in it, send a larger or brighter photo. If it shows only a garment, check its shots.',
  },
  uncertain_person: {
    why: 'It is uncertain whether there is a person in this image.',
    todo: 'Check the photo. Keep the shots if they are right.',
  },
  several_people: {
    why: 'There are several people in this image. The shots show one of them.',
    todo: 'Check that it is the right one. If not, choose another from the list of people.',
  },
  others_in_box: {
    why: 'Another person is visible in this shot.',
    todo: 'Use another photo for this view, or adjust the crop so that the other person is outside.',
  },
  no_such_person: {
    why: 'The image has fewer people than the recipe asks for.',
    todo: 'Use a photo with more people, or change the recipe.',
  },
  cut_by_photo: {
    why: 'Part of what this shot should show is outside the photo.',
    todo: 'Use it as it is, or take a photo with more space around the body.',
  },
  not_in_photo: {
    why: 'What this shot should show is not in this photo.',
    todo: 'This is not an error. Another photo of the same item may show it.',
  },
  hidden: {
    why: 'Part of what this shot should show is covered or could not be found.',
    todo: 'Check whether an arm, hair or a bag is in the way. Another photo may show it.',
  },
  low_confidence: {
    why: 'The body was detected with low confidence here.',
    todo: 'Check the skeleton on the photo. If it fits the body, the shot is right.',
  },
  tilted: {
    why: 'The body lies or leans too far for horizontal cut lines.',
    todo: 'Rotate the photo so that the body is upright, and send it again.',
  },
  conflict: {
    why: 'In this pose the crop cannot show everything it must and also leave out everything it must not show.',
    todo: 'Check whether the shot is usable. A simpler pose gives a better one.',
  },
  face_shown: {
    why: 'Part of the face may still be visible in a shot that should not show the head.',
    todo: 'Check it closely before you publish it.',
  },
  from_behind: {
    why: 'The person is seen from behind, but this shot should show the face.',
    todo: 'Use a photo from the front, or do without this shot.',
  },
  out_of_picture: {
    why: 'The shot would extend beyond the image, and its recipe does not allow that.',
    todo: 'Use a photo with more space, or let the recipe shift or shrink the crop.',
  },
  extended: {
    why: 'The shot extends beyond the image. The missing strip was filled.',
    todo: 'Check the filled strip at the edge.',
  },
  aspect_missed: {
    why: 'The photo has no space for the aspect ratio that the recipe asks for.',
    todo: 'Use it if the shape is acceptable, or take a photo with more space.',
  },
  upscaled: {
    why: 'The shot was enlarged beyond the resolution of the photo.',
    todo: 'Send the photo in full resolution.',
  },
  smaller_than_asked: {
    why: 'The photo has fewer pixels here than the recipe asks for.',
    todo: 'Send the photo in full resolution.',
  },
  too_small: {
    why: 'The person is too small in this image for a usable shot.',
    todo: 'Take the photo from closer, or send it in full resolution.',
  },
  bytes_missed: {
    why: 'No quality setting gives a file of the size that the recipe asks for.',
    todo: 'Use it if its file size is acceptable, or widen the limits in the recipe.',
  },
}
