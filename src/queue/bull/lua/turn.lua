-- lease in ms, channel token, token for the jobs that are taken, how many to take, an id that the blocking
-- connection brought to `active` ('': none); then three for each job that is done: id, token, return value.
-- Answers one for each job that was taken: {id, data, opts, tries that failed, tries that stalled, 1 when
-- sent back by hand, its token}. A done job whose lease is lost is passed over.
--
-- One run serves many workers, so what Redis can do for many keys at once is done so.
local FIRST_DONE, PER_DONE, MOST_GHOSTS = 6, 3, 100 -- ghosts: ids whose job was deleted
local lease_ms, channel, token, wanted, brought = ARGV[1], base .. 'active@' .. ARGV[2], ARGV[3], tonumber(ARGV[4]), ARGV[5]
-- Ends the token of a job that goes when it is done and ends no debounce: its options need no second look.
local PLAIN = '.'
local stopped, now = is_paused(), whole(now_ms())
begin_even_when_full()

-- Does anybody listen to what happens here? Mostly nobody, and then each word would be in vain.
local heard = call('PUBSUB', 'NUMPAT') > 0 or call('PUBSUB', 'NUMSUB', base .. 'completed')[2] > 0

-- Positions in ARGV of the done jobs that are still ours. A lock that ran out is still its owner's until
-- another frees the job.
local function still_held()
    local locks, held = {}, {}
    for i = FIRST_DONE, #ARGV, PER_DONE do
        locks[#locks + 1] = base .. ARGV[i] .. ':lock'
    end
    local tokens = #locks > 0 and call('MGET', unpack(locks)) or {}
    for n = 1, #locks do
        local i = FIRST_DONE + (n - 1) * PER_DONE
        if (tokens[n] or call('HGET', base .. ARGV[i], 'leaseToken')) == ARGV[i + 1] and
            call('LREM', active, -1, ARGV[i]) > 0 then
            held[#held + 1] = i
        end
    end
    return held
end

local function finish_all(held)
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
            if heard then
                tell_finished(ARGV[i], 'completed', ARGV[i + 2])
            end
        else
            finish(ARGV[i], 'completed', 'removeOnComplete', 'returnvalue', ARGV[i + 2])
        end
    end
end

local function came(id)
    -- Since it was brought, a stalled check may have sent it on.
    if id == '' or call('EXISTS', base .. id .. ':lock') == 1 or call('LREM', active, 1, id) == 0 then
        return {}
    end
    call('LPUSH', active, id)
    return {id}
end

-- The first n of those that wait, in their order, now active.
local function bring(n)
    local ids, last_first = {}, stopped and {} or call('LRANGE', wait, -n, -1)
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
    local by_hand = seen[5] and not seen[6]
    local plain = not seen[9] and keep_of(seen[2], 'removeOnComplete') == 0
    local own = plain and token .. PLAIN or token
    call('SET', key .. ':lock', own, 'PX', lease_ms)
    if seen[7] ~= '0' then
        call('ZREM', priority, id)
    end
    call('HSET', key, 'processedOn', now, 'leaseToken', own)
    if by_hand then -- its tries are counted anew
        call('HSET', key, 'attemptsMade', 0)
        call('HDEL', key, 'stalledCounter')
        seen[3], seen[4] = '0', '0'
    end
    if heard then
        call('PUBLISH', channel, id)
    end
    return {id, seen[1] or '', seen[2] or '', seen[3] or '0', seen[4] or '0', by_hand and '1' or '0', own}
end

finish_all(still_held())
local taken, ghosts = {}, 0
local ids = brought ~= '' and came(brought) or {}
while #taken < wanted and ghosts < MOST_GHOSTS do
    if #ids == 0 then
        ids = bring(wanted - #taken)
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
