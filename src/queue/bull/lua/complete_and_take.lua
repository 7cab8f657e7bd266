-- lease in ms, instance id, token for the jobs that are taken, how many to take, id of a job that the poller moved to
-- `active` ('': none); then for each completed job: id, token, return value
-- Completes jobs; one whose lease is lost is skipped. Then takes others. Returns for each job that was taken:
-- {id, data, opts, attempts that failed, attempts that stalled, 1 if retried manually, its token}.
--
-- One run serves many workers, so it uses commands for many keys where Redis has such.
local FIRST_COMPLETED, PER_COMPLETED, GHOSTS_MAX = 6, 3, 100 -- ghosts: ids whose job was deleted
local lease_ms, channel, token = ARGV[1], base .. 'active@' .. ARGV[2], ARGV[3]
local wanted, polled_id = tonumber(ARGV[4]), ARGV[5]
-- The last character of the token of a job that is deleted on completion and ends no debounce: its options need not be
-- read again.
local PLAIN = '.'
local queue_paused, now = is_paused(), whole(now_ms())
begin_even_when_full()

-- Is anybody subscribed? Mostly nobody is, and then publishing would only cost time.
local subscribed = call('PUBSUB', 'NUMPAT') > 0 or call('PUBSUB', 'NUMSUB', base .. 'completed')[2] > 0

-- Takes the completed jobs that are still ours out of `active`; answers their positions in ARGV.
local function still_held()
    local locks, held = {}, {}
    for i = FIRST_COMPLETED, #ARGV, PER_COMPLETED do
        locks[#locks + 1] = base .. ARGV[i] .. ':lock'
    end
    local tokens = #locks > 0 and call('MGET', unpack(locks)) or {}
    for n = 1, #locks do
        local i = FIRST_COMPLETED + (n - 1) * PER_COMPLETED
        if (tokens[n] or call('HGET', base .. ARGV[i], 'leaseToken')) == ARGV[i + 1] and
            call('LREM', active, -1, ARGV[i]) > 0 then
            held[#held + 1] = i
        end
    end
    return held
end

local function complete_all(held)
    local ids, keys = {}, {}
    for n, i in ipairs(held) do
        local key = base .. ARGV[i]
        ids[n], keys[#keys + 1] = ARGV[i], key .. ':lock'
        if string.sub(ARGV[i + 1], -1) == PLAIN then
            keys[#keys + 1] = key
            keys[#keys + 1] = key .. ':logs'
        end
    end
    if #held > 0 then
        call('SREM', stalled, unpack(ids))
        call('DEL', unpack(keys))
    end
    for _, i in ipairs(held) do
        if string.sub(ARGV[i + 1], -1) == PLAIN then
            if subscribed then
                publish_finished(ARGV[i], 'completed', ARGV[i + 2])
            end
        else
            finish(ARGV[i], 'completed', 'removeOnComplete', 'returnvalue', ARGV[i + 2])
        end
    end
end

local function polled(id)
    -- The stalled check may have requeued it in the meantime.
    if id == '' or call('EXISTS', base .. id .. ':lock') == 1 or call('LREM', active, 1, id) == 0 then
        return {}
    end
    call('LPUSH', active, id)
    return {id}
end

-- Moves the first n waiting jobs to `active`; answers their ids in order.
local function activate(n)
    local ids, last_first = {}, queue_paused and {} or call('LRANGE', wait, -n, -1)
    for i = #last_first, 1, -1 do
        ids[#ids + 1] = last_first[i]
    end
    if #ids > 0 then
        call('LTRIM', wait, 0, -#ids - 1)
        call('LPUSH', active, unpack(ids))
    end
    return ids
end

local function lock(id)
    local key = base .. id
    local seen = call('HMGET', key, 'data', 'opts', 'attemptsMade', 'stalledCounter', 'retriedOn', 'processedOn',
        'priority', 'name', 'deid')
    if not (seen[1] or seen[2] or seen[8]) then
        call('LREM', active, 1, id)
        call('ZREM', priority, id)
        return nil
    end
    local manual_retry = seen[5] and not seen[6]
    local plain = not seen[9] and retention_of(seen[2], 'removeOnComplete') == 0
    local own = plain and token .. PLAIN or token
    call('SET', key .. ':lock', own, 'PX', lease_ms)
    if seen[7] ~= '0' then
        call('ZREM', priority, id)
    end
    call('HSET', key, 'processedOn', now, 'leaseToken', own)
    if manual_retry then -- its attempts are counted from the start
        call('HSET', key, 'attemptsMade', 0)
        call('HDEL', key, 'stalledCounter')
        seen[3], seen[4] = '0', '0'
    end
    if subscribed then
        call('PUBLISH', channel, id)
    end
    return {id, seen[1] or '', seen[2] or '', seen[3] or '0', seen[4] or '0', manual_retry and '1' or '0', own}
end

complete_all(still_held())
local taken, ghosts = {}, 0
local ids = polled_id ~= '' and polled(polled_id) or {}
while #taken < wanted and ghosts < GHOSTS_MAX do
    if #ids == 0 then
        ids = activate(wanted - #taken)
    end
    if #ids == 0 then
        break
    end
    for _, id in ipairs(ids) do
        local job = lock(id)
        taken[#taken + 1] = job
        ghosts = ghosts + (job and 0 or 1)
    end
    ids = {}
end
return taken
