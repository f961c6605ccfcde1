using BenchmarkDotNet.Running;
using EHealthHub.Benchmarks;

if (args is ["records", var data, ..])
{
    return RecordStoreRun.Execute(data);
}

BenchmarkSwitcher.FromAssembly(System.Reflection.Assembly.GetExecutingAssembly()).Run(args);
return 0;
