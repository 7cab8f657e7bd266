-- Goes before every script. KEYS[1] is how the queue's keys begin: "<prefix>:<queue>:".
-- Lists: new jobs at the left, taken from the right. Unprioritised jobs (rank 0) lie left of all others.
local call, base = redis.call, KEYS[1]
local wait, active, paused = base .. 'wait', base .. 'active', base .. 'paused'
local delayed, priority, stalled = base .. 'delayed', base .. 'priority', base .. 'stalled'

-- Numbers beyond 14 digits would lose some when made text by themselves.
local function whole(n)
    return string.format('%.0f', n)
end

local function now_ms()
    local t = call('TIME')
    return t[1] * 1000 + math.floor(t[2] / 1000)
end

local function is_paused()
    return call('EXISTS', base .. 'meta-paused') == 1
end

-- A server whose memory is full refuses a script's first write when that needs memory, but not later ones.
-- What ends a job frees memory in the end, so it begins with a write that needs none.
local function begin_even_when_full()
    call('SREM', stalled, '')
end

-- Into the waiting list: after its equals, or before them.
local function put(id, rank, first)
    local list = is_paused() and paused or wait
    local before
    if rank == 0 then
        if not first then
            return call('LPUSH', list, id)
        end
        before = call('ZCARD', priority)
    else
        before = call('ZCOUNT', priority, 0, (first and '(' or '') .. rank)
        call('ZADD', priority, rank, id)
    end
    local last_before = before > 0 and call('LINDEX', list, -before)
    if last_before then
        call('LINSERT', list, 'BEFORE', last_before, id)
    else
        call('RPUSH', list, id)
    end
end

local function rank_of(id)
    return tonumber(call('HGET', base .. id, 'priority') or 0) or 0
end

-- Is the job active under this token? A lock that ran out is still its owner's until another frees the job.
local function leave_active(id, token)
    local lock = call('GET', base .. id .. ':lock') or call('HGET', base .. id, 'leaseToken')
    if lock ~= token then
        return false
    end
    call('SREM', stalled, id) -- needs no memory: see above
    if call('LREM', active, -1, id) == 0 then
        return false
    end
    call('DEL', base .. id .. ':lock')
    return true
end

local function forget(ids)
    for _, id in ipairs(ids) do
        call('DEL', base .. id, base .. id .. ':logs')
    end
end

local function end_debounce(debounce)
    if debounce and call('PTTL', base .. 'de:' .. debounce) <= 0 then
        call('DEL', base .. 'de:' .. debounce)
    end
end

-- true: all go; number: so many newest stay; {age = seconds, count = number}; else all stay.
local function keep_of(opts, name)
    if opts and string.find(opts, '"' .. name .. '":true', 1, true) then
        return 0 -- what ours say, without reading all of it; within a text the quotes would be escaped
    end
    local ok, parsed = pcall(cjson.decode, opts or '{}')
    local keep = ok and type(parsed) == 'table' and parsed[name]
    if keep == true then
        return 0
    elseif type(keep) == 'table' then
        return tonumber(keep.count), tonumber(keep.age)
    end
    return tonumber(keep)
end

local function tell_finished(id, set, value)
    call('PUBLISH', base .. set, cjson.encode({jobId = id, val = value}))
end

-- A job that has left `active` comes among the completed or failed ones.
local function finish(id, set, keep_name, field, value)
    local key, now = base .. id, now_ms()
    local seen = call('HMGET', key, 'opts', 'deid')
    local count, age = keep_of(seen[1], keep_name)
    end_debounce(seen[2])
    if count == 0 then
        forget({id})
    else
        call('ZADD', base .. set, whole(now), id)
        call('HSET', key, field, value, 'finishedOn', whole(now))
        if age then
            local until_ms = whole(now - age * 1000)
            forget(call('ZRANGEBYSCORE', base .. set, '-inf', until_ms))
            call('ZREMRANGEBYSCORE', base .. set, '-inf', until_ms)
        end
        if count and count > 0 then
            forget(call('ZREVRANGE', base .. set, count, -1))
            call('ZREMRANGEBYRANK', base .. set, 0, -(count + 1))
        end
    end
    tell_finished(id, set, value)
end
