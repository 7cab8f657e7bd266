-- id. Waiting, delayed or finished: gone. Answers how many went.
local id, key = ARGV[1], base .. ARGV[1]
if call('EXISTS', key) == 0 or call('EXISTS', key .. ':lock') == 1 then
    return 0
end
local gone = call('ZREM', delayed, id) + call('ZREM', base .. 'failed', id) + call('ZREM', base .. 'completed', id)
if gone == 0 then
    gone = call('LREM', wait, 1, id) + call('LREM', paused, 1, id)
end
if gone > 0 then
    call('ZREM', priority, id)
    forget({id})
end
return gone
