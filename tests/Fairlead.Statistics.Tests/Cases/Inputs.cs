using System.Text.Json;

namespace Fairlead.Statistics.Tests.Cases;

/// <summary>Short readers for the inputs of a case; a missing field fails with its name.</summary>
internal static class Inputs
{
    internal static JsonElement At(this JsonElement inputs, string name) =>
        inputs.TryGetProperty(name, out var value)
            ? value
            : throw new KeyNotFoundException($"The inputs have no field '{name}'.");

    internal static double Number(this JsonElement inputs, string name) => inputs.At(name).GetDouble();

    internal static double Number(this JsonElement inputs, string name, double otherwise) =>
        inputs.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number
            ? value.GetDouble()
            : otherwise;

    internal static long Count(this JsonElement inputs, string name) => inputs.At(name).GetInt64();

    internal static string Text(this JsonElement inputs, string name) => inputs.At(name).GetString()!;

    internal static string Text(this JsonElement inputs, string name, string otherwise) =>
        inputs.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : otherwise;

    internal static bool Truth(this JsonElement inputs, string name) => inputs.At(name).GetBoolean();

    internal static double[] Numbers(this JsonElement inputs, string name) => inputs.At(name).Numbers();

    /// <summary>The numbers of a list; null and the texts for what JSON cannot write included.</summary>
    internal static double[] Numbers(this JsonElement list) => [.. list.EnumerateArray().Select(item =>
        item.ValueKind switch
    {
        JsonValueKind.Null => double.NaN,
        JsonValueKind.String => double.Parse(item.GetString()!, System.Globalization.CultureInfo.InvariantCulture),
        _ => item.GetDouble(),
    })];

    internal static long[] Counts(this JsonElement inputs, string name) =>
        [.. inputs.At(name).EnumerateArray().Select(item => item.GetInt64())];

    internal static string[] Texts(this JsonElement inputs, string name) =>
        [.. inputs.At(name).EnumerateArray().Select(item => item.GetString()!)];
}
