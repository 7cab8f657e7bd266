-- instance id. Delayed jobs that are due wait again. Returns the ms until the next one is due, -1 if there is none.
local BATCH_MAX = 1000
local now = now_ms()
local due = call('ZRANGEBYSCORE', delayed, 0, whole(now * 4096 + 4095), 'LIMIT', 0, BATCH_MAX)
for i = #due, 1, -1 do -- backwards, so that the one that was due first will be taken first
    call('ZREM', delayed, due[i])
    if call('EXISTS', base .. due[i]) == 1 then
        put(due[i], rank_of(due[i]), true)
        call('HSET', base .. due[i], 'delay', 0)
        call('PUBLISH', base .. 'waiting@' .. ARGV[1], due[i])
    end
end
local next_due = call('ZRANGE', delayed, 0, 0, 'WITHSCORES')[2]
if not next_due then
    return -1
end
next_due = math.ceil(next_due / 4096)
if #due > 0 then
    call('PUBLISH', delayed, whole(next_due))
end
return math.max(next_due - now, 0)
