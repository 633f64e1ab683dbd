-- fails: no more workers are busy than allowed
return { max_active = 16 }
