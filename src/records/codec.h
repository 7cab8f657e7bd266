/* The stored form of results, edits and decisions: JSON, in both directions.
 *
 *     shots      [{label, title, state, reasons: [code], score, recipe, recipeVersion, by,
 *                  box: [x, y, w, h], width, height, format, faceScore, key, bytes, url}]
 *     detail     {people: [{score, box, facing, landmarks: [[x, y, score] x 17]}], facing,
 *                 attention: [code], model, timingsMs: {decode, pose, cut, total},
 *                 object: {trimmed, interest}, person: index or null, thumbnail: key}
 *     edits      {person: index, personBox: [x, y, w, h],
 *                 boxes: {label: {box: [x, y, w, h], by: "hand" or "batch"}}, recipes: [label]}
 *     decisions  {label: {verdict, at, reason, fresh, first, why}}
 *
 * A member is absent where the struct says "not stored" or "none". Names and order of the members
 * are those of every version so far, so that programs of all versions read each other's records;
 * shots of the first version, {label, url}, are a case of it. Whatever else is found goes into
 * `extra` and comes back at the end of its object: decode, then encode, gives an equal value.
 *
 * Ownership: encode gives (json_decref). decode fills a struct that holds nothing owned; it is
 * ended by its own finish. Threads: pure. Errors: none; what cannot be read is in `extra`, and
 * what is no array or object at all counts as empty.
 */
#ifndef PC_RECORDS_CODEC_H
#define PC_RECORDS_CODEC_H

#include <jansson.h>

#include "records/result.h"

/* Either may be NULL: empty. */
void pc_codec_decode_result(const json_t *shots, const json_t *detail,
                            struct pc_record_result *out);
json_t *pc_codec_encode_shots(const struct pc_record_result *result);
json_t *pc_codec_encode_shot(const struct pc_record_shot *shot); /* an element of shots */
json_t *pc_codec_encode_detail(const struct pc_record_result *result);

void pc_codec_decode_edits(const json_t *stored, struct pc_record_edits *out);
json_t *pc_codec_encode_edits(const struct pc_record_edits *edits);

void pc_codec_decode_decisions(const json_t *stored, struct pc_record_decisions *out);
json_t *pc_codec_encode_decisions(const struct pc_record_decisions *decisions);

#endif
