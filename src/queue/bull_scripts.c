/* The scripts of lua/, each with common.lua before it, called by hash; a server that lost them
 * (restart, SCRIPT FLUSH) gets them anew. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/embedded.h"
#include "base/mem.h"
#include "base/str.h"
#include "queue/bull.h"

static const char *const names[BULL_SCRIPTS] = {
    [BULL_ADD] = "add.lua",
    [BULL_TURN] = "turn.lua",
    [BULL_DONE] = "done.lua",
    [BULL_RENEW] = "renew.lua",
    [BULL_PROGRESS] = "progress.lua",
    [BULL_FAIL] = "fail.lua",
    [BULL_GIVE_BACK] = "give_back.lua",
    [BULL_REMOVE] = "remove.lua",
    [BULL_HAS] = "has.lua",
    [BULL_STATS] = "stats.lua",
    [BULL_PROMOTE] = "promote.lua",
    [BULL_STALLED] = "stalled.lua",
};

static const char *text_of(const char *name)
{
    const struct pc_embedded *file = pc_embedded_bull;
    while (!pc_streq(file->name, name))
        file++;
    return file->text;
}

static enum pc_code load(struct bull *b, enum bull_script script, redisReply **out,
                         struct pc_err *err)
{
    char *text = pc_xasprintf("%s%s", text_of("common.lua"), text_of(names[script]));
    enum pc_code rc = bull_ask(b, 3, (const char *[]){"SCRIPT", "LOAD", text}, out, err);
    free(text);
    return rc;
}

enum pc_code bull_scripts_load(struct bull *b, struct pc_err *err)
{
    for (enum bull_script i = 0; i < BULL_SCRIPTS; i++) {
        redisReply *sha;
        enum pc_code rc = load(b, i, &sha, err);
        if (rc)
            return rc;
        bool ok =
            sha->type == REDIS_REPLY_STRING && pc_str_copy(b->sha[i], sizeof b->sha[i], sha->str);
        freeReplyObject(sha);
        if (!ok)
            return pc_fail_detail(err, PC_E_QUEUE_UNAVAILABLE, "SCRIPT LOAD answers no hash");
    }
    return PC_OK;
}

enum pc_code bull_run(struct bull *b, enum bull_script script, int n, const char *const args[],
                      redisReply **out, struct pc_err *err)
{
    const char *argv[4 + BULL_ARGS] = {"EVALSHA", b->sha[script], "1", b->keys};
    for (int i = 0; i < n; i++)
        argv[4 + i] = args[i];
    enum pc_code rc = bull_ask(b, 4 + n, argv, out, err);
    if (rc != PC_E_QUEUE_UNAVAILABLE || !strstr(err->detail, "NOSCRIPT"))
        return rc;
    rc = load(b, script, out, err);
    freeReplyObject(*out);
    *out = NULL;
    return rc ? rc : bull_ask(b, 4 + n, argv, out, err);
}

enum pc_code bull_run_number(struct bull *b, enum bull_script script, int n,
                             const char *const args[], int64_t *out, struct pc_err *err)
{
    redisReply *reply;
    enum pc_code rc = bull_run(b, script, n, args, &reply, err);
    if (!rc)
        *out = reply->type == REDIS_REPLY_INTEGER ? reply->integer : 0;
    freeReplyObject(reply);
    return rc;
}
