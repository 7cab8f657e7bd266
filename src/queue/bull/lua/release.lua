-- id, token ('': the poller moved the job to `active`, and it is not locked yet)
-- The job waits again, before all others of its rank. Returns 1, or -1 if it is not ours.
local id, token = ARGV[1], ARGV[2]
if token ~= '' then
    if not leave_active(id, token) then
        return -1
    end
    call('HDEL', base .. id, 'leaseToken')
elseif call('EXISTS', base .. id .. ':lock') == 1 or call('LREM', active, 1, id) == 0 then
    return -1
end
put(id, rank_of(id), true)
return 1
