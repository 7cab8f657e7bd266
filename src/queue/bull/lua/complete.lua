-- id, token, return value. Answers 1, or -1 if the lease is lost.
local id = ARGV[1]
if not leave_active(id, ARGV[2]) then
    return -1
end
finish(id, 'completed', 'removeOnComplete', 'returnvalue', ARGV[3])
return 1
