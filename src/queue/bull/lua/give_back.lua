-- id, token ('': one that was brought to `active` and not yet locked). Answers 1, or -1 when it is not ours.
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
