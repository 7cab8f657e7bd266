/* The Lua scripts (lua/), each with common.lua in front of it, run by their hashes. If the server has
 * lost one (a restart, SCRIPT FLUSH), it is loaded again. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/embedded.h"
#include "base/mem.h"
#include "base/str.h"
#include "queue/bull/internal.h"

static const char *const names[PC_BULL_SCRIPT_COUNT] = {
    [PC_BULL_ADD] = "add.lua",         [PC_BULL_COMPLETE_AND_TAKE] = "complete_and_take.lua",
    [PC_BULL_RENEW] = "renew.lua",     [PC_BULL_PROGRESS] = "progress.lua",
    [PC_BULL_FAIL] = "fail.lua",       [PC_BULL_RELEASE] = "release.lua",
    [PC_BULL_REMOVE] = "remove.lua",   [PC_BULL_HAS] = "has.lua",
    [PC_BULL_STATS] = "stats.lua",     [PC_BULL_PROMOTE] = "promote.lua",
    [PC_BULL_STALLED] = "stalled.lua",
};

static const char *text_of(const char *name)
{
    const struct pc_embedded *file = pc_embedded_bull;
    while (!pc_str_eq(file->name, name))
        file++;
    return file->text;
}

static enum pc_code load(struct pc_bull *b, enum pc_bull_script script, redisReply **out,
                         struct pc_err *err)
{
    char *text = pc_xasprintf("%s%s", text_of("common.lua"), text_of(names[script]));
    enum pc_code rc = pc_bull_command(b, 3, (const char *[]){"SCRIPT", "LOAD", text}, out, err);
    free(text);
    return rc;
}

enum pc_code pc_bull_scripts_load(struct pc_bull *b, struct pc_err *err)
{
    for (enum pc_bull_script i = 0; i < PC_BULL_SCRIPT_COUNT; i++) {
        redisReply *sha;
        enum pc_code rc = load(b, i, &sha, err);
        if (rc)
            return rc;
        bool ok = sha->type == REDIS_REPLY_STRING &&
                  pc_str_copy(b->script_sha[i], sizeof b->script_sha[i], sha->str);
        freeReplyObject(sha);
        if (!ok)
            return pc_fail_detail(err, PC_E_QUEUE_UNAVAILABLE, "SCRIPT LOAD returned no hash");
    }
    return PC_OK;
}

enum pc_code pc_bull_script_run(struct pc_bull *b, enum pc_bull_script script, int n,
                                const char *const args[], redisReply **out, struct pc_err *err)
{
    const char *argv[4 + PC_BULL_ARGS_MAX] = {"EVALSHA", b->script_sha[script], "1", b->key_prefix};
    for (int i = 0; i < n; i++)
        argv[4 + i] = args[i];
    enum pc_code rc = pc_bull_command(b, 4 + n, argv, out, err);
    if (rc != PC_E_QUEUE_UNAVAILABLE || !strstr(err->detail, "NOSCRIPT"))
        return rc;
    rc = load(b, script, out, err);
    freeReplyObject(*out);
    *out = NULL;
    return rc ? rc : pc_bull_command(b, 4 + n, argv, out, err);
}

enum pc_code pc_bull_script_run_int(struct pc_bull *b, enum pc_bull_script script, int n,
                                    const char *const args[], int64_t *out, struct pc_err *err)
{
    redisReply *reply;
    enum pc_code rc = pc_bull_script_run(b, script, n, args, &reply, err);
    if (!rc)
        *out = reply->type == REDIS_REPLY_INTEGER ? reply->integer : 0;
    freeReplyObject(reply);
    return rc;
}
