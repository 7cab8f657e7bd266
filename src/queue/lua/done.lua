-- id, token, return value as JSON. Answers 1, or -1 when the lease is lost.
if not leave_active(ARGV[1], ARGV[2]) then
    return -1
end
finish(ARGV[1], 'completed', 'removeOnComplete', 'returnvalue', ARGV[3])
return 1
