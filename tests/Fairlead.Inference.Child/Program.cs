using System.Diagnostics;
using System.Globalization;
using Fairlead.Inference.Loading;
using Fairlead.Inference.Runtimes;
using Fairlead.Inference.Runtimes.Onnx;
using Microsoft.ML.OnnxRuntime;

// What can only be measured in a process of its own. Arguments: what to do, the model file, a number.
var (task, path, number) = (args[0], args[1], int.Parse(args[2], CultureInfo.InvariantCulture));
switch (task)
{
    case "run":
        await RunAsync(path, threadsPerRun: number);
        break;
    case "run-without-environment":
        using (var options = new SessionOptions { IntraOpNumThreads = 1 })
        using (new InferenceSession(path, options))
            await Task.Delay(1000);
        break;
    case "threads":
        await CountThreadsAsync(path, models: number);
        break;
    case "cycles":
        await CycleAsync(path, cycles: number);
        break;
    default:
        throw new ArgumentException($"There is no task '{task}'.");
}

static async Task RunAsync(string path, int threadsPerRun)
{
    OnnxEnvironment.Start(new ThreadPlan(2, 2, 2));
    await using var model = OnnxModel.Load(path, threadsPerRun);
    if (await ModelProbe.WarmAsync(model) is { } refusal)
        throw new InvalidOperationException(refusal);

    // As long as the other task, so that what a thread would write by then is written.
    await Task.Delay(1000);
    Console.WriteLine("ran");
}

static async Task CountThreadsAsync(string path, int models)
{
    // The threads of .NET come and go, and say so in their names; all others are the library's.
    OnnxEnvironment.Start(new ThreadPlan(2, 2, 2));
    var loaded = new List<OnnxModel>();
    for (var i = 0; i < models; i++)
    {
        loaded.Add(OnnxModel.Load(path, threadsPerRun: (i % 2) + 1));
        await ModelProbe.WarmAsync(loaded[^1]);
    }

    Console.WriteLine(Directory.GetDirectories("/proc/self/task")
        .Count(thread => !File.ReadAllText(Path.Combine(thread, "comm")).StartsWith(".NET", StringComparison.Ordinal)));
    foreach (var model in loaded)
        await model.DisposeAsync();
}

static async Task CycleAsync(string path, int cycles)
{
    const int Settle = 20;
    long settled = 0;
    for (var i = 0; i < Settle + cycles; i++)
    {
        await using (var model = OnnxModel.Load(path))
        {
            if (await ModelProbe.WarmAsync(model) is { } refusal)
                throw new InvalidOperationException(refusal);
        }

        if (i + 1 == Settle)
            settled = ResidentBytes();
    }

    Console.WriteLine($"{settled} {ResidentBytes()}");
}

static long ResidentBytes()
{
    GC.Collect();
    GC.WaitForPendingFinalizers();
    OnnxEnvironment.ReturnFreedMemory();
    using var process = Process.GetCurrentProcess();
    return process.WorkingSet64;
}
