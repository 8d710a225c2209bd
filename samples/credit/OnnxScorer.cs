using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace Fairlead.Samples.Credit;

/// <summary>Asks a written model through ONNX Runtime, as a server would.</summary>
public sealed partial class OnnxScorer : IDisposable
{
    private readonly InferenceSession _session;

    static OnnxScorer()
    {
        // ONNX Runtime reads this from the native environment when it is loaded, and reports nothing home then.
        if (!OperatingSystem.IsWindows())
            _ = SetEnvironmentVariable("ORT_DISABLE_TELEMETRY", "1", 1);
    }

    public OnnxScorer(string path)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1 };
        _session = new InferenceSession(path, options);
    }

    public (string[] Labels, float[] ProbabilitiesOfBad) Ask(IReadOnlyList<Applicant> applicants)
    {
        var inputs = Columns.InFileOrder.ToDictionary(name => name, name => Column(applicants, name));
        try
        {
            using var options = new RunOptions();
            using var outputs = _session.Run(options, inputs, ["label", "probabilities"]);
            var probabilities = outputs[1].GetTensorDataAsSpan<float>();
            var ofBad = new float[applicants.Count];
            for (var i = 0; i < ofBad.Length; i++)
                ofBad[i] = probabilities[(2 * i) + 1];

            return (outputs[0].GetStringTensorAsArray(), ofBad);
        }
        finally
        {
            foreach (var input in inputs.Values)
                input.Dispose();
        }
    }

    public void Dispose() => _session.Dispose();

    private static OrtValue Column(IReadOnlyList<Applicant> applicants, string name)
    {
        long[] shape = [applicants.Count, 1];
        var number = Columns.Numbers.IndexOf(name);
        if (number >= 0)
            return OrtValue.CreateTensorValueFromMemory(applicants.Select(row => row.Numbers[number]).ToArray(), shape);

        var word = Columns.Words.IndexOf(name);
        var strings = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, shape);
        for (var i = 0; i < applicants.Count; i++)
            strings.StringTensorSetElementAt(applicants[i].Words[word], i);

        return strings;
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironmentVariable(string name, string value, int overwrite);
}
