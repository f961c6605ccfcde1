using System.Reflection;
using BenchmarkDotNet.Running;
using EHealthHub.Benchmarks;

// Questions about a whole store or log under load are asked with a stopwatch; everything else is BenchmarkDotNet's.
switch (args)
{
    case ["records", var data, ..]:
        return RecordStoreRun.Execute(data);
    case ["growth", .. var sizes]:
        return GrowthRun.Execute([.. sizes.Select(s => int.Parse(s, System.Globalization.CultureInfo.InvariantCulture))]);
    case ["compartment"]:
        return CompartmentRun.Execute();
    case ["decisions"]:
        return DecisionCost.Execute();
    case ["dictionaries", var folder]:
        return DictionaryMaker.Execute(folder);
    case ["audit-append"]:
        await AuditAppend.Run();
        return 0;
    case ["audit-verify"]:
        await AuditVerify.Run();
        return 0;
    default:
        BenchmarkSwitcher.FromAssembly(Assembly.GetExecutingAssembly()).Run(args);
        return 0;
}
