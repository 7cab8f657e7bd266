-- token, lease in ms, channel token, id ('' or one that the blocking connection brought to `active`)
-- Answers nothing, or {id, data, opts, tries that failed, tries that stalled, 1 when sent back by hand}.
local MOST_GHOSTS = 100 -- ids whose job was deleted
begin_even_when_full()

local function brought(id)
    -- Since it was brought, a stalled check may have sent it on.
    if call('EXISTS', base .. id .. ':lock') == 1 or call('LREM', active, 1, id) == 0 then
        return false
    end
    call('LPUSH', active, id)
    return id
end

local function lock(id)
    local key = base .. id
    local seen = call('HMGET', key, 'data', 'opts', 'attemptsMade', 'stalledCounter', 'retriedOn', 'processedOn')
    local by_hand = seen[5] and not seen[6]
    call('SET', key .. ':lock', ARGV[1], 'PX', ARGV[2])
    call('SREM', stalled, id)
    call('ZREM', priority, id)
    call('HSET', key, 'processedOn', whole(now_ms()), 'leaseToken', ARGV[1])
    if by_hand then -- its tries are counted anew
        call('HSET', key, 'attemptsMade', 0)
        call('HDEL', key, 'stalledCounter')
        seen[3], seen[4] = '0', '0'
    end
    call('PUBLISH', base .. 'active@' .. ARGV[3], id)
    return {id, seen[1] or '', seen[2] or '', seen[3] or '0', seen[4] or '0', by_hand and '1' or '0'}
end

local id = ARGV[4] ~= '' and brought(ARGV[4])
for _ = 1, MOST_GHOSTS do
    id = id or (not is_paused() and call('RPOPLPUSH', wait, active))
    if not id then
        return false
    elseif call('EXISTS', base .. id) == 1 then
        return lock(id)
    end
    call('LREM', active, 1, id)
    call('ZREM', priority, id)
    id = false
end
return false
