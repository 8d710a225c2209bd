using System.Text.Json;
using Fairlead.Serving.Predict;
using Fairlead.Statistics.Assignment;

namespace Fairlead.Serving.Protocols.Native;

/// <summary>Finds the unit of assignment in request JSON that has been checked for its form.</summary>
internal static class UnitScan
{
    /// <summary>Looks for a string or number of this name among an object's own members.</summary>
    public static bool InObject(ref Utf8JsonReader reader, string name, out ulong unitHash)
    {
        unitHash = 0;
        var found = false;
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var match = reader.ValueTextEquals(name);
            reader.Read();
            if (match && reader.TokenType is JsonTokenType.String or JsonTokenType.Number)
                found = match && TryHash(ref reader, out unitHash);
            else
                reader.Skip();
            if (found)
                return true;
        }

        return false;
    }

    /// <summary>Copies the text of a string or number of this name among an object's own members; 0: none.</summary>
    public static int Copy(ref Utf8JsonReader reader, string name, Span<byte> utf8)
    {
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var match = reader.ValueTextEquals(name);
            reader.Read();
            if (match && reader.TokenType is JsonTokenType.String or JsonTokenType.Number)
            {
                if (reader.ValueSpan.Length > utf8.Length)
                    return 0;
                if (reader.TokenType == JsonTokenType.String)
                    return reader.CopyString(utf8);
                reader.ValueSpan.CopyTo(utf8);
                return reader.ValueSpan.Length;
            }

            reader.Skip();
        }

        return 0;
    }

    /// <summary>Looks for the name in every row. All rows of a request go to one arm, so they must agree.</summary>
    public static bool InRows(ref Utf8JsonReader reader, string name, out ulong unitHash)
    {
        unitHash = 0;
        var found = false;
        var row = 0;
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var match = reader.ValueTextEquals(name);
                reader.Read();
                if (!match || !TryHash(ref reader, out var hash))
                {
                    reader.Skip();
                    continue;
                }

                if (found && hash != unitHash)
                {
                    throw new RequestException(PredictFailure.InvalidInput,
                        $"The rows belong to different units (field '{name}', row {row}); send the rows of each unit "
                            + $"in a request of their own.");
                }

                unitHash = hash;
                found = true;
            }

            row++;
        }

        return found;
    }

    private static bool TryHash(ref Utf8JsonReader reader, out ulong hash)
    {
        hash = 0;
        if (reader.TokenType == JsonTokenType.Number)
        {
            hash = UnitHash.Of(reader.ValueSpan);
            return true;
        }

        if (reader.TokenType != JsonTokenType.String || reader.ValueSpan.Length is 0 or > RequestLimits.MaxUnitBytes)
            return false;
        if (!reader.ValueIsEscaped)
        {
            hash = UnitHash.Of(reader.ValueSpan);
            return true;
        }

        Span<byte> utf8 = stackalloc byte[RequestLimits.MaxUnitBytes];
        hash = UnitHash.Of(utf8[..reader.CopyString(utf8)]);
        return true;
    }
}
