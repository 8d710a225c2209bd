using System.Text;
using Fairlead.Cli;
using Fairlead.Cli.Datasets;
using Fairlead.Core.Datasets;
using Fairlead.Core.Refusals;
using Fairlead.Server.Monitoring;

namespace Fairlead.Fuzz.Targets;

/// <summary>
/// Texts that name data: the first byte says whether a pointer of Git LFS, of DVC, a lock of DVC, a dataset that a
/// version was made with or a reference follows.
/// </summary>
internal sealed class DatasetTexts : IFuzzTarget
{
    public static string Name => "dataset-texts";

    public static IEnumerable<Type> Covers => [typeof(DataPointers), typeof(DatasetUse), typeof(ReferenceQuery)];

    public static IEnumerable<byte[]> Seeds =>
    [
        [0, .. "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1"u8,
            .. "258daaa5e2ca24d17e2393\nsize 12345\n"u8],
        [1, .. "outs:\n- md5: a304afb96060aad90176268345e10355.dir\n  size: 37\n  nfiles: 2\n  path: data\n"u8],
        [2, .. "schema: '2.0'\nstages:\n  prepare:\n    cmd: x\n    outs:\n    - path: data/prepared\n"u8,
            .. "      hash: md5\n      md5: 153aad06d376b6595932470e459ef42a\n"u8],
        [3, .. "credit/3:evaluation"u8],
        [4, .. "dataset:credit/3"u8],
        [4, .. "rolling:7d"u8],
    ];

    public static void Fuzz(ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty)
            return;
        var text = Encoding.UTF8.GetString(data[1..]);
        try
        {
            switch (data[0] % 5)
            {
                case 0:
                    Check(DataPointers.Lfs("x", text));
                    break;
                case 1:
                    Check(DataPointers.Dvc("x.dvc", text, isLock: false, null));
                    break;
                case 2:
                    Check(DataPointers.Dvc("dvc.lock", text, isLock: true, null));
                    break;
                case 3:
                    var use = DatasetUse.Parse(text);
                    if (DatasetUse.Parse(use.ToString()) != use)
                        throw new InvalidOperationException($"'{text}' is read otherwise than it is written.");
                    break;
                default:
                    ReferenceQuery.Parse(text);
                    break;
            }
        }
        catch (Exception refused) when (refused is CliException or RefusalException)
        {
            // It says what is wrong.
        }
    }

    private static void Check(DataPointer? pointer)
    {
        if (pointer is not null && !DatasetDigest.IsWritten(pointer.Digest))
            throw new InvalidOperationException($"A pointer gives '{pointer.Digest}', which is no digest.");
    }
}
