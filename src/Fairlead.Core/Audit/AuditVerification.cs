namespace Fairlead.Core.Audit;

/// <summary>
/// Walks a chain link by link and says what is not as it was sealed. Each fault is told once: after a link whose hash
/// does not fit, the walk goes on from the hash that stands there.
/// </summary>
/// <param name="startSequence">The last link that retention removed; 0 for the beginning.</param>
/// <param name="startHash">Its hash.</param>
/// <param name="expected">A head that was noted elsewhere, to be found in this chain.</param>
public sealed class AuditVerification(
    long startSequence, ReadOnlyMemory<byte> startHash, (long Sequence, ReadOnlyMemory<byte> Hash)? expected = null)
{
    /// <summary>Most faults that are told; more are counted.</summary>
    public const int MostFaults = 100;

    private readonly List<AuditFault> _faults = [];
    private long _sequence = startSequence;
    private ReadOnlyMemory<byte> _hash = startSequence == 0 ? AuditChain.Origin : startHash;
    private bool _seen = expected is { } head && head.Sequence <= startSequence;

    /// <summary>Links that were walked.</summary>
    public long Links { get; private set; }

    /// <summary>Faults that were found, told or not.</summary>
    public long FaultCount { get; private set; }

    /// <summary>The first faults.</summary>
    public IReadOnlyList<AuditFault> Faults => _faults;

    /// <summary>The last link so far.</summary>
    public (long Sequence, ReadOnlyMemory<byte> Hash) Head => (_sequence, _hash);

    /// <summary>Walks the next link.</summary>
    /// <param name="link">The link.</param>
    /// <param name="entry">The entry that it seals; null when it is not there.</param>
    public void Next(AuditLink link, AuditRecord? entry)
    {
        Links++;
        if (link.Sequence <= _sequence)
        {
            Tell("order", link.Sequence, link.Entry, $"link {link.Sequence} comes after link {_sequence}");
            return;
        }

        if (link.Sequence != _sequence + 1)
        {
            Tell("gap", _sequence + 1, 0, link.Sequence == _sequence + 2
                ? $"link {_sequence + 1} is missing"
                : $"links {_sequence + 1} to {link.Sequence - 1} are missing");
        }
        else if (entry is null)
        {
            Tell("missing", link.Sequence, link.Entry, $"entry {link.Entry} is missing");
        }
        else if (!AuditChain.Hash(_hash.Span, link.Sequence, entry).AsSpan().SequenceEqual(link.Hash.Span))
        {
            Tell("edited", link.Sequence, link.Entry,
                $"entry {link.Entry} or its link was changed, or moved from elsewhere");
        }

        (_sequence, _hash) = (link.Sequence, link.Hash);
        if (expected is { } head && head.Sequence == link.Sequence)
        {
            _seen = true;
            if (!head.Hash.Span.SequenceEqual(link.Hash.Span))
            {
                Tell("head", link.Sequence, link.Entry,
                    $"link {link.Sequence} had another hash when its head was noted: the log was written anew");
            }
        }
    }

    /// <summary>Ends the walk.</summary>
    /// <param name="head">The newest link that the log itself knows of; null where it does not say.</param>
    public void End((long Sequence, ReadOnlyMemory<byte> Hash)? head)
    {
        if (head is { } known && known.Sequence > _sequence)
        {
            Tell("truncated", _sequence, 0,
                $"the log ends at link {_sequence}, and had gone to link {known.Sequence}");
        }
        else if (head is { } other && (other.Sequence < _sequence || !other.Hash.Span.SequenceEqual(_hash.Span)))
        {
            Tell("head", _sequence, 0, $"the log ends at another link {_sequence} than it says");
        }

        if (expected is { } noted && !_seen)
        {
            Tell("truncated", _sequence, 0,
                $"the log ends at link {_sequence}, and link {noted.Sequence} was noted elsewhere");
        }
    }

    /// <summary>Tells a fault that was found beside the chain.</summary>
    public void Tell(string kind, long sequence, long entry, string message)
    {
        FaultCount++;
        if (_faults.Count < MostFaults)
            _faults.Add(new AuditFault(kind, sequence, entry, message));
    }
}
