using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Fairlead.Core.Models;

namespace Fairlead.Serving.Protocols.OpenInference.Rest;

/// <summary>The parts of a signature in the form in which requests name them and answers write them.</summary>
internal sealed class SignatureText
{
    private static readonly ConditionalWeakTable<Signature, SignatureText> Known = [];

    private SignatureText(Signature signature)
    {
        Inputs = [.. signature.Inputs.Select(input => Encoding.UTF8.GetBytes(input.Name))];
        Outputs = [.. signature.Outputs.Select(output => Encoding.UTF8.GetBytes(output.Name))];
        Openings = [.. signature.Outputs.Select(Opening)];
    }

    /// <summary>Names of the inputs in UTF-8.</summary>
    public byte[][] Inputs { get; }

    /// <summary>Names of the outputs in UTF-8.</summary>
    public byte[][] Outputs { get; }

    /// <summary>How the object of each output begins, up to its dimensions.</summary>
    public byte[][] Openings { get; }

    public static SignatureText Of(Signature signature) =>
        Known.GetValue(signature, static signature => new SignatureText(signature));

    /// <summary>
    /// Finds a name. Callers mostly keep to the signature's order, so the place where it would then be is tried first.
    /// </summary>
    public static int Find(byte[][] names, JsonText name, ReadOnlySpan<byte> json, int guess)
    {
        if (guess < names.Length && name.Is(json, names[guess]))
            return guess;
        for (var i = 0; i < names.Length; i++)
        {
            if (name.Is(json, names[i]))
                return i;
        }

        return -1;
    }

    private static byte[] Opening(TensorSpec output)
    {
        var name = JsonEncodedText.Encode(output.Name, JavaScriptEncoder.UnsafeRelaxedJsonEscaping);
        return Encoding.UTF8.GetBytes($"{{\"name\":\"{name}\",\"datatype\":\"{output.Type.WireName()}\",\"shape\":[");
    }
}
