-- interval in ms. Of the jobs that were active at the last check, those without a lock wait again. There is one check
-- an interval, whichever process makes it. Returns how many jobs were requeued.
begin_even_when_full()
if not call('SET', base .. 'stalled-check', whole(now_ms()), 'PX', ARGV[1], 'NX') then
    return 0
end
local requeued = 0
for _, id in ipairs(call('SMEMBERS', stalled)) do
    if call('EXISTS', base .. id .. ':lock') == 0 and call('LREM', active, 1, id) == 1 and
        call('EXISTS', base .. id) == 1 then
        call('HINCRBY', base .. id, 'stalledCounter', 1)
        put(id, rank_of(id), true)
        call('PUBLISH', stalled .. '@', id)
        requeued = requeued + 1
    end
end
call('DEL', stalled)
local SADD_MAX = 1000
local ids = call('LRANGE', active, 0, -1)
for i = 1, #ids, SADD_MAX do
    call('SADD', stalled, unpack(ids, i, math.min(i + SADD_MAX - 1, #ids)))
end
return requeued
