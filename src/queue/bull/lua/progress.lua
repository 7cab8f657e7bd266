-- id, token, percent. Returns 1, or -1 if the lease is lost.
local id, key = ARGV[1], base .. ARGV[1]
if call('GET', key .. ':lock') ~= ARGV[2] then
    return -1
end
call('HSET', key, 'progress', ARGV[3])
call('PUBLISH', base .. 'progress', cjson.encode({jobId = id, progress = tonumber(ARGV[3])}))
return 1
