"""The program in the middle: functions of typed instructions in SSA form."""
