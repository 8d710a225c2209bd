using Fairlead.Serving.Predict;

namespace Fairlead.Serving.Protocols.OpenInference.Rest;

/// <summary>Reads the parameters that mean something here, and the outputs that carry some of them.</summary>
internal static class RestParameters
{
    private const int Depth = RequestLimits.MaxDepth - 3;

    /// <summary>Takes a value that must be true or false.</summary>
    public static bool TakeFlag(ref JsonScanner scanner, string name)
    {
        if (scanner.TryTake("true"u8))
            return true;
        if (scanner.TryTake("false"u8))
            return false;
        throw new RequestException(PredictFailure.InvalidInput, $"The parameter '{name}' is neither true nor false.");
    }

    /// <summary>Takes the parameter <c>timeout</c>; 0 asks for no limit of the caller's own.</summary>
    public static TimeSpan? TakeMicroseconds(ref JsonScanner scanner)
    {
        // Beyond a year it is no limit, and beyond some centuries no time span.
        const long longest = 366L * 24 * 60 * 60 * 1_000_000;
        var microseconds = -1L;
        if (!scanner.TryTakeNumber(out var number) || !number.TryGetInteger(out microseconds) || microseconds < 0)
        {
            throw new RequestException(
                PredictFailure.InvalidInput, "The parameter 'timeout' is not a whole number of microseconds.");
        }

        return microseconds == 0 ? null : TimeSpan.FromMicroseconds(Math.Min(microseconds, longest));
    }

    /// <summary>Takes one of the outputs that a request asks for.</summary>
    public static OutputPart TakeOutput(ref JsonScanner scanner, ReadOnlySpan<byte> json, int index)
    {
        if (scanner.Peek() != (byte)'{')
            throw new RequestException(PredictFailure.InvalidInput, $"Output {index} of the request is not an object.");
        scanner.Take((byte)'{');
        var output = new OutputPart(new JsonText(0, InputPart.None, Escaped: false), Binary: null);
        var begun = false;
        while (scanner.More((byte)'}', ref begun))
        {
            var member = scanner.TakeName();
            if (member.Is(json, "name"u8))
            {
                if (scanner.Peek() != (byte)'"' || output.Name.Length >= 0)
                    throw NeedsName(index);
                output = output with { Name = scanner.TakeString() };
            }
            else if (member.Is(json, "parameters"u8) && scanner.Peek() == (byte)'{')
            {
                output = output with { Binary = TakeOutputParameters(ref scanner, json) ?? output.Binary };
            }
            else
            {
                scanner.SkipValue(Depth);
            }
        }

        return output.Name.Length >= 0
            ? output
            : throw NeedsName(index);
    }

    private static RequestException NeedsName(int index) =>
        new(PredictFailure.InvalidInput, $"Output {index} of the request needs one name, a string.");

    private static bool? TakeOutputParameters(ref JsonScanner scanner, ReadOnlySpan<byte> json)
    {
        bool? binary = null;
        var begun = false;
        scanner.Take((byte)'{');
        while (scanner.More((byte)'}', ref begun))
        {
            var name = scanner.TakeName();
            if (name.Is(json, "binary_data"u8))
            {
                binary = TakeFlag(ref scanner, "binary_data");
            }
            else if (name.Is(json, "classification"u8) || name.Is(json, "shared_memory_region"u8))
            {
                throw new RequestException(
                    PredictFailure.Unsupported, $"The output parameter '{name.ToText(json)}' is not supported.");
            }
            else
            {
                scanner.SkipValue(Depth - 1);
            }
        }

        return binary;
    }
}
