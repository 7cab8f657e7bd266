/* What the two halves of the codec share: reading and writing single members. Private to
 * src/records. A member is claimed (true) when it has exactly the form that encoding gives it; all
 * others are collected in `extra`.
 * Ownership: texts are copied into the arena; what gives JSON gives a new reference. Threads: pure. */
#ifndef PC_RECORDS_CODEC_MEMBERS_H
#define PC_RECORDS_CODEC_MEMBERS_H

#include <jansson.h>

#include "records/result.h"

/* Claims a text. */
bool pc_codec_read_text(struct pc_arena *arena, const json_t *value, const char **out);
/* Claims an array of texts. */
bool pc_codec_read_texts(struct pc_arena *arena, const json_t *value, const char ***out, int *n);
/* Claims four whole numbers. */
bool pc_codec_read_ibox(const json_t *value, struct pc_ibox *out);
/* The same, of which the third, the width, is above 0. */
bool pc_codec_read_box(const json_t *value, struct pc_ibox *out);
json_t *pc_codec_box_json(struct pc_ibox b);
json_t *pc_codec_texts_json(const char *const *texts, int n);
void pc_codec_put_text(json_t *o, const char *key, const char *text);
void pc_codec_put_box(json_t *o, const char *key, struct pc_ibox box);
/* Members that nobody claimed. Borrows them until extra_text. */
void pc_codec_keep_extra(json_t **extra, const char *key, json_t *value);
/* Takes extra, which may be NULL. */
const char *pc_codec_extra_text(struct pc_arena *arena, json_t *extra);
/* Takes o, the known members. Gives it with the others, which never replace a known one; where the
 * stored value was no object at all, that value instead. */
json_t *pc_codec_with_extra(json_t *o, const char *extra);

#endif
