-- id. Removes a job that waits, is delayed or has ended. Returns how many were removed.
local id, key = ARGV[1], base .. ARGV[1]
if call('EXISTS', key) == 0 or call('EXISTS', key .. ':lock') == 1 then
    return 0
end
local removed = call('ZREM', delayed, id) + call('ZREM', base .. 'failed', id) + call('ZREM', base .. 'completed', id)
if removed == 0 then
    removed = call('LREM', wait, 1, id) + call('LREM', paused, 1, id)
end
if removed > 0 then
    call('ZREM', priority, id)
    delete_jobs({id})
end
return removed
