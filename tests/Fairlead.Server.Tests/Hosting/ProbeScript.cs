namespace Fairlead.Server.Tests.Hosting;

/// <summary>
/// A program in place of <c>fairlead</c> that answers <c>probe</c> on the wire; what the model file says decides what
/// it does.
/// </summary>
internal static class ProbeScript
{
    private const string Text = """
        #!/bin/sh
        [ "$1" = probe ] && [ "$3" = --entry ] || { echo "wrong arguments: $*" >&2; exit 64; }
        case $(head -c 16 "$2/$4") in
            refuse*) echo "the operator Foo is not known" >&2; exit 3 ;;
            crash*) kill -SEGV $$ ;;
            hang*) exec sleep 60 ;;
            assassin*) kill -9 $PPID; exit 1 ;;
            garbage*) echo "not json"; exit 0 ;;
            hungry*) exec awk 'BEGIN { s = "x"; while (length(s) < 300000000) s = s s; while (1) t = s }' ;;
            single*) batchable='false,"notBatchableBecause":"the answers differ"' ;;
            *) batchable=true ;;
        esac
        cat <<END
        {"signature":{"inputs":[{"name":"x","type":"Float32","shape":[-1,2],"fields":["age","income"]}],
        "outputs":[{"name":"y","type":"Float32","shape":[-1,1]}]},
        "residentBytes":1048576,"loadMilliseconds":1.5,"batchable":$batchable}
        END
        """;

    public static IReadOnlyList<string> Write(string folder)
    {
        var path = Path.Combine(folder, "probe.sh");
        File.WriteAllText(path, Text);
        return ["/bin/sh", path];
    }
}
