using System.Text.Json;
using Fairlead.Server.Rollouts.Figures;

namespace Fairlead.Fuzz.Targets;

/// <summary>What a Prometheus server or a web service answers to a check; the first byte says which.</summary>
internal sealed class ExternalNumbers : IFuzzTarget
{
    public static string Name => "external-numbers";

    public static IEnumerable<Type> Covers => [typeof(ExternalAnswers)];

    public static IEnumerable<byte[]> Seeds =>
    [
        [0, .. "{\"data\":{\"resultType\":\"vector\",\"result\":[{\"metric\":{},\"value\":[1,\"0.5\"]}]}}"u8],
        [0, .. "{\"data\":{\"resultType\":\"scalar\",\"result\":[1435781451.781,\"NaN\"]}}"u8],
        [0, .. "{\"data\":{\"resultType\":\"vector\",\"result\":[]}}"u8],
        [1, .. "{\"value\":0.25}"u8],
        [1, .. "{\"value\":null}"u8],
    ];

    public static void Fuzz(ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty)
            return;

        var answer = data[1..].ToArray();
        try
        {
            _ = data[0] % 2 == 0 ? ExternalAnswers.OfQuery(answer) : ExternalAnswers.OfService(answer);
        }
        catch (Exception refused) when (refused is FormatException or JsonException)
        {
            // The check says that its metric cannot be read.
        }
    }
}
