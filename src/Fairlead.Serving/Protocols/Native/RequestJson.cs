using System.Text.Json;
using Fairlead.Serving.Predict;

namespace Fairlead.Serving.Protocols.Native;

/// <summary>How request JSON is read: strictly, and no deeper than any sensible request.</summary>
internal static class RequestJson
{
    public static JsonReaderOptions Options { get; } = new() { MaxDepth = RequestLimits.MaxDepth };

    /// <summary>
    /// Whether an exception tells of text that is no text: the reader checks it only when it is asked for, and then
    /// says of bytes that are no UTF-8, or of half a surrogate pair, that the operation is invalid.
    /// </summary>
    public static bool IsBroken(Exception e) => e is JsonException or InvalidOperationException;

    /// <summary>Says what is wrong with text that <see cref="IsBroken"/>.</summary>
    public static RequestException Broken(Exception e) => e is JsonException json
        ? Broken(json)
        : new RequestException(PredictFailure.Malformed, "The request holds a string that is no Unicode text.", e);

    /// <summary>Says where the JSON breaks. The reader tells of its depth in words only.</summary>
    public static RequestException Broken(JsonException e) =>
        e.Message.Contains("maximum configured depth", StringComparison.Ordinal)
            ? new(PredictFailure.TooLarge,
                $"The request's JSON is nested deeper than {RequestLimits.MaxDepth} levels.", e)
            : new(PredictFailure.Malformed,
                $"The request is not valid JSON (line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}): "
                + $"{FirstSentence(e.Message)}", e);

    private static string FirstSentence(string message)
    {
        var end = message.IndexOf(". ", StringComparison.Ordinal);
        return end < 0 ? message : message[..(end + 1)];
    }
}
