using System.Diagnostics;
using Fairlead.Core.Models;
using Fairlead.Inference.Runtimes;
using Fairlead.Inference.Runtimes.Onnx;
using Fairlead.Inference.Tensors;

namespace Fairlead.Inference.Loading;

/// <summary>
/// Examines a model file in this process: opens it, runs it on made-up inputs, measures its memory and finds out
/// whether it can be batched. Run it in a child process: a file that crashes the runtime then crashes only the child.
/// </summary>
public static class ModelProbe
{
    private const int WarmRuns = 3;

    /// <summary>Examines a model; throws <see cref="ModelLoadException"/> when it cannot be served.</summary>
    public static async Task<ProbeReport> ExamineAsync(string path)
    {
        _ = OnnxEnvironment.Plan;
        OnnxEnvironment.ReturnFreedMemory();
        var before = ResidentBytes();
        var clock = Stopwatch.StartNew();
        await using var model = OnnxModel.Load(path);
        var refusal = await WarmAsync(model).ConfigureAwait(false);
        var loaded = clock.Elapsed;
        OnnxEnvironment.ReturnFreedMemory();
        var grown = ResidentBytes() - before;

        var whyNot = refusal is null ? await BatchProbe.WhyNotAsync(model).ConfigureAwait(false) : Refusal(refusal);
        return new ProbeReport(model.Signature, Math.Max(0, grown), loaded.TotalMilliseconds)
        {
            Batchable = whyNot is null,
            NotBatchableBecause = whyNot,
        };
    }

    /// <summary>
    /// Runs a model on made-up inputs, so that its first caller does not pay for what is done once. Returns the model's
    /// refusal when it does not accept the inputs; it can be served all the same.
    /// </summary>
    public static async Task<string?> WarmAsync(IModelRuntime runtime)
    {
        using var inputs = TensorSet.Rent(runtime.Signature.Inputs.Length);
        using var outputs = TensorSet.Rent(runtime.Signature.Outputs.Length);
        try
        {
            for (var run = 0; run < WarmRuns; run++)
            {
                SampleInputs.Fill(runtime.Signature, [run], inputs);
                await runtime.RunAsync(inputs, outputs, new RunControl()).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is ModelRunException or ArgumentException)
        {
            return e.Message;
        }

        return null;
    }

    /// <summary>The library's words can run to a page; their beginning says what matters.</summary>
    internal static string Refusal(string message)
    {
        const int most = 200;
        return $"it refused made-up inputs: {(message.Length <= most ? message : message[..most] + " …")}";
    }

    private static long ResidentBytes()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
