-- lease in ms, channel token, then five for each caller: a job that is done (id, token, return value), a
-- token for the next job, an id that the blocking connection brought to `active`; '' for what is not there.
-- Answers one for each caller: -1 when the lease of its job is lost, 1 when there is no next job for it, or
-- {id, data, opts, tries that failed, tries that stalled, 1 when sent back by hand}.
local PER_CALLER, MOST_GHOSTS = 5, 100 -- ghosts: ids whose job was deleted
local lease_ms, channel = ARGV[1], base .. 'active@' .. ARGV[2]
local stopped, now = is_paused(), whole(now_ms())
begin_even_when_full()

local function brought(id)
    -- Since it was brought, a stalled check may have sent it on.
    if call('EXISTS', base .. id .. ':lock') == 1 or call('LREM', active, 1, id) == 0 then
        return false
    end
    call('LPUSH', active, id)
    return id
end

local function lock(id, token)
    local key = base .. id
    local seen = call('HMGET', key, 'data', 'opts', 'attemptsMade', 'stalledCounter', 'retriedOn', 'processedOn',
        'priority', 'name')
    if not (seen[1] or seen[2] or seen[8]) then
        return false
    end
    local by_hand = seen[5] and not seen[6]
    call('SET', key .. ':lock', token, 'PX', lease_ms)
    if seen[7] ~= '0' then
        call('ZREM', priority, id)
    end
    call('HSET', key, 'processedOn', now, 'leaseToken', token)
    if by_hand then -- its tries are counted anew
        call('HSET', key, 'attemptsMade', 0)
        call('HDEL', key, 'stalledCounter')
        seen[3], seen[4] = '0', '0'
    end
    call('PUBLISH', channel, id)
    return {id, seen[1] or '', seen[2] or '', seen[3] or '0', seen[4] or '0', by_hand and '1' or '0'}
end

local function take(token, id)
    id = id ~= '' and brought(id)
    for _ = 1, MOST_GHOSTS do
        id = id or (not stopped and call('RPOPLPUSH', wait, active))
        local job = id and lock(id, token)
        if job or not id then
            return job or 1
        end
        call('LREM', active, 1, id)
        call('ZREM', priority, id)
        id = false
    end
    return 1
end

local answers = {}
for i = 3, #ARGV, PER_CALLER do
    local id, answer = ARGV[i], 1
    if id ~= '' and not leave_active(id, ARGV[i + 1]) then
        answer = -1
    elseif id ~= '' then
        finish(id, 'completed', 'removeOnComplete', 'returnvalue', ARGV[i + 2])
    end
    if answer == 1 and ARGV[i + 3] ~= '' then
        answer = take(ARGV[i + 3], ARGV[i + 4])
    end
    answers[#answers + 1] = answer
end
return answers
