-- id, token, lease in ms. Returns 1, or -1 if the lease is lost. A lock that expired is renewed as long as no other
-- process has requeued the job.
local id, key = ARGV[1], base .. ARGV[1]
local lock = call('GET', key .. ':lock')
if lock == ARGV[2] then
    call('PEXPIRE', key .. ':lock', ARGV[3])
elseif not lock and call('HGET', key, 'leaseToken') == ARGV[2] and call('LREM', active, 1, id) == 1 then
    call('LPUSH', active, id)
    call('SET', key .. ':lock', ARGV[2], 'PX', ARGV[3])
else
    return -1
end
call('SREM', stalled, id)
return 1
