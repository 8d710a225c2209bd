using System.Text;
using System.Text.Json;
using Fairlead.Core.Refusals;
using Fairlead.Server.Apply;

namespace Fairlead.Fuzz.Targets;

/// <summary>Declarative documents. What is taken is JSON that can be read again.</summary>
internal sealed class ApplyYaml : IFuzzTarget
{
    public static string Name => "apply-yaml";

    public static IEnumerable<Type> Covers => [typeof(YamlDocuments)];

    public static IEnumerable<byte[]> Seeds =>
    [
        .. from text in (string[])[
               "kind: Endpoint\nname: credit\nunit: request\nvariants:\n- {name: a, model: credit, version: 1}\n",
               "kind: Model\nname: m\naliases: {champion: 2}\n---\nkind: Model\nname: n\ntags: {a: 'b', c: \"d\\n\"}\n",
               "a: &x [1, 2.5, ~, true]\nb: *x\nc: |\n  text\n  more\n",
               "{\"kind\":\"Model\",\"name\":\"m\",\"description\":null}"]
           select Encoding.UTF8.GetBytes(text),
    ];

    public static void Fuzz(ReadOnlySpan<byte> data)
    {
        IReadOnlyList<ReadOnlyMemory<byte>> documents;
        try
        {
            documents = YamlDocuments.Read(Encoding.UTF8.GetString(data));
        }
        catch (RefusalException)
        {
            return;
        }

        foreach (var document in documents)
            JsonDocument.Parse(document).Dispose();
    }
}
