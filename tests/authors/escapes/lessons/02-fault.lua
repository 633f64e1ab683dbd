-- its error would act on a terminal
error("an error\27[31m")
