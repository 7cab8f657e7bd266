-- id, data, opts, rank, how many may wait (0: any number), instance id
-- Returns 1: added; 0: the image has a job already; -1: no capacity. An ended job with that id is replaced.
local id, key, most = ARGV[1], base .. ARGV[1], tonumber(ARGV[5])
if call('EXISTS', key) == 1 and not call('ZSCORE', base .. 'failed', id) and
    not call('ZSCORE', base .. 'completed', id) then
    call('PUBLISH', base .. 'duplicated@' .. ARGV[6], id)
    return 0
end
if most > 0 and call('LLEN', wait) + call('LLEN', paused) + call('ZCARD', delayed) >= most then
    return -1
end
call('INCR', base .. 'id')
call('ZREM', base .. 'failed', id)
call('ZREM', base .. 'completed', id)
delete_jobs({id})
call('HSET', key, 'name', '__default__', 'data', ARGV[2], 'opts', ARGV[3], 'timestamp', whole(now_ms()),
    'delay', 0, 'priority', ARGV[4])
put(id, tonumber(ARGV[4]), false)
call('PUBLISH', base .. 'waiting@' .. ARGV[6], id)
return 1
