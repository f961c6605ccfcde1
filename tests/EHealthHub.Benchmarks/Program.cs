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
    case ["labels", var data]:
        return LabelRun.Execute(data);
    case ["dictionaries", var folder]:
        return DictionaryMaker.Execute(folder);
    case ["audit-append"]:
        await AuditAppend.Run();
        return 0;
    case ["audit-verify"]:
        await AuditVerify.Run();
        return 0;
    case ["wire", var hub, var port]:
        return await WireRun.Execute(hub, int.Parse(port, System.Globalization.CultureInfo.InvariantCulture), 5);
    case ["contents", var hub, var port]:
        return await LongContentRun.Execute(hub, int.Parse(port, System.Globalization.CultureInfo.InvariantCulture), 256);
    case ["contents", var hub, var port, var mebibytes]:
        return await LongContentRun.Execute(hub, int.Parse(port, System.Globalization.CultureInfo.InvariantCulture), int.Parse(mebibytes, System.Globalization.CultureInfo.InvariantCulture));
    case ["contents-bare", var hub]:
        return await LongContentRun.Bare(hub);
    default:
        BenchmarkSwitcher.FromAssembly(Assembly.GetExecutingAssembly()).Run(args);
        return 0;
}
