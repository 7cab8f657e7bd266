-- interval in ms, channel token. Of the jobs that were active at the last pass, those without a lock wait
-- again. One pass an interval, whichever process makes it. Answers how many were freed.
begin_even_when_full()
if not call('SET', base .. 'stalled-check', whole(now_ms()), 'PX', ARGV[1], 'NX') then
    return 0
end
local freed = 0
for _, id in ipairs(call('SMEMBERS', stalled)) do
    if call('EXISTS', base .. id .. ':lock') == 0 and call('LREM', active, 1, id) == 1 and
        call('EXISTS', base .. id) == 1 then
        call('HINCRBY', base .. id, 'stalledCounter', 1)
        put(id, rank_of(id), true)
        call('PUBLISH', stalled .. '@', id)
        freed = freed + 1
    end
end
call('DEL', stalled)
local SADD_MOST = 1000
local ids = call('LRANGE', active, 0, -1)
for i = 1, #ids, SADD_MOST do
    call('SADD', stalled, unpack(ids, i, math.min(i + SADD_MOST - 1, #ids)))
end
return freed
