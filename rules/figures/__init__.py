"""The figures by which leaders see whether post-mortems lead to improvements: what each counts."""
