-- id, token, ms until the next attempt (-1: there is none), reason, stack trace as JSON
-- Returns 1, or -1 if the lease is lost.
local id, key, delay = ARGV[1], base .. ARGV[1], tonumber(ARGV[3])
if not leave_active(id, ARGV[2]) then
    return -1
end
call('HINCRBY', key, 'attemptsMade', 1)
call('HSET', key, 'failedReason', ARGV[4], 'stacktrace', ARGV[5])
if delay < 0 then
    finish(id, 'failed', 'removeOnFail', 'failedReason', ARGV[4])
elseif delay == 0 then
    put(id, rank_of(id), true)
else
    local due = now_ms() + delay
    call('ZADD', delayed, whole(due * 4096 + (tonumber(id) or 0) % 4096), id)
    call('PUBLISH', delayed, whole(due))
end
return 1
