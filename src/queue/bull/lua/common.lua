-- Stands before every script. KEYS[1] is what all keys of the queue begin with: "<prefix>:<queue>:".
-- Lists: new jobs are pushed on the left and taken from the right. Jobs without a priority (rank 0) are left of all
-- others.
local call, base = redis.call, KEYS[1]
local wait, active, paused = base .. 'wait', base .. 'active', base .. 'paused'
local delayed, priority, stalled = base .. 'delayed', base .. 'priority', base .. 'stalled'

-- tostring() keeps 14 digits only.
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

-- A server whose memory is full rejects the first write of a script if it needs memory, but not later ones. A script
-- that ends a job frees memory in the end, so it begins with a write that needs none.
local function begin_even_when_full()
    call('SREM', stalled, '')
end

-- Puts a job into the waiting list: after the jobs of its rank or, with `first`, before them.
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

-- Ends the lease and takes the job out of `active`; false when the job is not active under this token. A lock that
-- expired still belongs to its owner until another process requeues the job.
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

local function delete_jobs(ids)
    for _, id in ipairs(ids) do
        call('DEL', base .. id, base .. id .. ':logs')
    end
end

local function end_debounce(debounce)
    if debounce and call('PTTL', base .. 'de:' .. debounce) <= 0 then
        call('DEL', base .. 'de:' .. debounce)
    end
end

-- How many ended jobs stay, and for how many seconds; nil: all. The option is true (none stay), a number (so many of
-- the newest stay) or {age = seconds, count = number}; anything else keeps all.
local function retention_of(opts, option)
    if opts and string.find(opts, '"' .. option .. '":true', 1, true) then
        return 0 -- our own jobs, without parsing; inside a string the quotes would be escaped
    end
    local ok, parsed = pcall(cjson.decode, opts or '{}')
    local keep = ok and type(parsed) == 'table' and parsed[option]
    if keep == true then
        return 0
    elseif type(keep) == 'table' then
        return tonumber(keep.count), tonumber(keep.age)
    end
    return tonumber(keep)
end

local function publish_finished(id, set, value)
    call('PUBLISH', base .. set, cjson.encode({jobId = id, val = value}))
end

-- Moves a job that has left `active` to the completed or the failed ones.
local function finish(id, set, option, field, value)
    local key, now = base .. id, now_ms()
    local seen = call('HMGET', key, 'opts', 'deid')
    local count, age = retention_of(seen[1], option)
    end_debounce(seen[2])
    if count == 0 then
        delete_jobs({id})
    else
        call('ZADD', base .. set, whole(now), id)
        call('HSET', key, field, value, 'finishedOn', whole(now))
        if age then
            local until_ms = whole(now - age * 1000)
            delete_jobs(call('ZRANGEBYSCORE', base .. set, '-inf', until_ms))
            call('ZREMRANGEBYSCORE', base .. set, '-inf', until_ms)
        end
        if count and count > 0 then
            delete_jobs(call('ZREVRANGE', base .. set, count, -1))
            call('ZREMRANGEBYRANK', base .. set, 0, -(count + 1))
        end
    end
    publish_finished(id, set, value)
end
