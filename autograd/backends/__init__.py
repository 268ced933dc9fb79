"""What runs a program: the interpreter, LLVM, C and JavaScript."""
