/* The contract of records/driver.h: what its files of cases share. */
#ifndef PC_TESTS_RECORDS_SUITE_H
#define PC_TESTS_RECORDS_SUITE_H

#include "../contract.h"
#include "records/codec.h"
#include "records/records.h"

/* Each ends with a row without a name. */
extern const struct contract_case life_cases[], list_cases[], concurrency_cases[],
    annotation_cases[], filter_cases[], tombstone_setting_cases[], import_cases[];

/* Runs all of them against every driver. Answers main's exit code. */
int suite_run(const struct contract_driver *drivers, size_t n_drivers);

/* Opens the store of the case. */
struct pc_records *suite_open(void **state);
/* A new record. Answers its id. */
int64_t suite_insert_new(struct pc_records *rs, const struct pc_record_new *fresh);
/* The same of that url, which is its name too. */
int64_t suite_insert(struct pc_records *rs, const char *url);
struct pc_record suite_get(struct pc_records *rs, int64_t id);
/* Finishes a pending one with one shot that has this key. */
void suite_finish(struct pc_records *rs, int64_t id, const char *shot_key, bool attention);
/* Result, edits and decisions in their stored form. Gives. */
json_t *suite_stored(const struct pc_record *r);
/* Are they the same in both? */
bool suite_same_stored(const struct pc_record *a, const struct pc_record *b);
/* A new record that is finished so. */
struct pc_record suite_processed(struct pc_records *rs, const char *url, bool attention);
int64_t suite_last_seq(struct pc_records *rs);
/* Asserts that some record names the blob, or none. */
void suite_references(struct pc_records *rs, const char *key, bool wanted);

/* Eight threads that change what all saw as it was: one wins, the others are told
 * changed_meanwhile. */
enum { SUITE_THREADS = 8 };
struct suite_race {
    struct pc_records *rs;
    int64_t id, seq;
    bool won[SUITE_THREADS], wrong[SUITE_THREADS];
};
int suite_winner(const struct suite_race *race); /* asserts it, and returns which */

#endif
